autocmd BufRead,BufNewFile *.nn setfiletype nndsl
