-- Tries the snippet in a Neovim without a screen, and prints what came of it, a line each:
--     nvim --headless --clean -u editors/neovim/nndsl.lua model.nn -S editors/neovim/try.lua
local function say(name, value) io.stdout:write(name .. ": " .. tostring(value) .. "\n") end
local uri = vim.uri_from_bufnr(0)
local function ask(method, params)
  params.textDocument = { uri = uri }
  for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, 20000) or {}) do
    return answer.result
  end
end

if vim.bo.filetype ~= "nndsl" then vim.cmd("edit") end
vim.wait(20000, function() return #vim.diagnostic.get(0) > 0 end, 20)
local found = vim.diagnostic.get(0)
say("diagnostics", #found > 0 and found[1].code or "none")
local place = { line = found[1].lnum, character = found[1].col }

local hover = ask("textDocument/hover", { position = { line = found[1].lnum, character = 10 } })
say("hover", hover and hover.contents.value:match("### (%w+)") or "none")

local actions = ask("textDocument/codeAction",
  { range = { start = place, ["end"] = place }, context = { diagnostics = {} } })
vim.lsp.util.apply_workspace_edit(actions[1].edit, "utf-16")
vim.wait(20000, function() return #vim.diagnostic.get(0) == 0 end, 20)
say("after the fix", #vim.diagnostic.get(0))

local edit = ask("textDocument/rename", { position = { line = 1, character = 10 }, newName = "features" })
vim.lsp.util.apply_workspace_edit(edit, "utf-16")
say("renamed", vim.fn.getline(2))

vim.fn.setline(3, (vim.fn.getline(3):gsub(" %-> ", "->")))
vim.wait(300)
local edits = ask("textDocument/formatting", { options = { tabSize = 4, insertSpaces = true } })
vim.lsp.util.apply_text_edits(edits, vim.api.nvim_get_current_buf(), "utf-16")
say("formatted", vim.fn.getline(3))
local hints = ask("textDocument/inlayHint",
  { range = { start = { line = 0, character = 0 }, ["end"] = { line = 9, character = 0 } } })
say("hints", hints and hints[1] and hints[1].label or "none")
if vim.lsp.inlay_hint then
  local function shown()
    local texts = {}
    for name, space in pairs(vim.api.nvim_get_namespaces()) do
      if name:find("inlayhint", 1, true) then
        for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })) do
          for _, part in ipairs(mark[4].virt_text or {}) do texts[#texts + 1] = part[1] end
        end
      end
    end
    return table.concat(texts)
  end
  vim.wait(20000, function()
    vim.cmd("redraw") -- which is when they are put beside the text
    return shown():find("params", 1, true) ~= nil
  end, 20)
  say("hints shown", shown())
end
vim.cmd("qall!")
