setlocal commentstring=#\ %s comments=:#
setlocal expandtab shiftwidth=4 softtabstop=4
if executable('nndsl')
  setlocal formatprg=nndsl\ fmt\ -
  setlocal makeprg=nndsl\ check\ --output-format\ concise\ %:S
  setlocal errorformat=%f:%l:%c:\ %m
endif
