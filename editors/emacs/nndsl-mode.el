;;; nndsl-mode.el --- Neural networks as text -*- lexical-binding: t; -*-

;;; Commentary:

;; Colours for .nn files, and the language server by eglot.

;;; Code:

(defvar nndsl-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?# "<" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?\" "\"" table)
    (modify-syntax-entry ?_ "w" table)
    table))

(defvar nndsl-font-lock-keywords
  `((,(regexp-opt '("model" "block" "train" "extern" "const" "input" "output" "layer"
                    "sequential" "functional" "subclass" "import" "from" "repeat" "for" "in"
                    "if" "else" "as" "and" "or" "not")
                  'words)
     . font-lock-keyword-face)
    (,(regexp-opt '("true" "false" "none") 'words) . font-lock-constant-face)
    ("\\<\\(?:model\\|block\\)[ \t]+\\(\\w+\\)" 1 font-lock-function-name-face)
    ("\\<as[ \t]+\\(\\w+\\)" 1 font-lock-variable-name-face)
    ("\\<[A-Z]\\w*\\>" . font-lock-type-face)
    ("\\<ops\\.\\w+" . font-lock-builtin-face)))

;;;###autoload
(define-derived-mode nndsl-mode prog-mode "nndsl"
  "Major mode for neural networks in nndsl."
  (setq-local comment-start "# ")
  (setq-local comment-end "")
  (setq-local indent-tabs-mode nil)
  (setq-local indent-line-function #'indent-relative)
  (setq-local font-lock-defaults '(nndsl-font-lock-keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.nn\\'" . nndsl-mode))

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(nndsl-mode . ("nndsl" "lsp"))))

(provide 'nndsl-mode)
;;; nndsl-mode.el ends here
