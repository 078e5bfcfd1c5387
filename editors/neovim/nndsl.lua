-- nndsl in Neovim 0.7 and newer: put this into init.lua, and editors/vim into the runtime path for
-- the colours (Neovim 0.9 and newer has them from the server as well).
vim.api.nvim_create_autocmd({ "BufRead", "BufNewFile" }, {
  pattern = "*.nn",
  callback = function() vim.bo.filetype = "nndsl" end,
})

vim.api.nvim_create_autocmd("FileType", {
  pattern = "nndsl",
  callback = function(args)
    local found = vim.fs and vim.fs.find({ "pyproject.toml", ".git" }, { upward = true })[1]
    local config = {
      name = "nndsl",
      cmd = { "nndsl", "lsp" },
      root_dir = found and vim.fs.dirname(found) or vim.fn.getcwd(),
    }
    if vim.lsp.start then
      vim.lsp.start(config) -- 0.8 and newer
    else
      vim.g.nndsl_client = vim.g.nndsl_client or vim.lsp.start_client(config)
      vim.lsp.buf_attach_client(args.buf, vim.g.nndsl_client)
    end
    if vim.lsp.inlay_hint then
      vim.lsp.inlay_hint.enable(true, { bufnr = args.buf }) -- 0.10 and newer
    end
  end,
})
