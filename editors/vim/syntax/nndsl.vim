" nndsl: neural networks as text
if exists('b:current_syntax')
  finish
endif

syntax match nndslOperator /->\||\|==\|!=\|<=\|>=\|\/\/\|[-+*\/%<>=]/
syntax match nndslNumber /\<\d[0-9_]*\%(\.[0-9_]*\)\?\%([eE][+-]\?\d\+\)\?\>/
syntax match nndslLayer /\<[A-Z]\w*\>/
syntax match nndslOps /\<ops\.\w\+/
syntax match nndslArgument /\<\h\w*\ze\s*==\@!/
syntax match nndslSetting /^\s*\zs\h\w*\ze\s*:/
syntax keyword nndslDeclaration model block train extern const input output layer
syntax keyword nndslStyle sequential functional subclass
syntax keyword nndslImport import from
syntax keyword nndslControl repeat for in if else as and or not
syntax keyword nndslConstant true false none
syntax match nndslName /\%(\<\%(model\|block\)\s\+\)\@<=\h\w*/
syntax region nndslString start=/"/ skip=/\\./ end=/"\|$/ contains=nndslEscape
syntax match nndslEscape /\\./ contained
syntax match nndslComment /#.*$/ contains=nndslTodo
syntax keyword nndslTodo TODO FIXME contained

highlight default link nndslOperator Operator
highlight default link nndslNumber Number
highlight default link nndslLayer Type
highlight default link nndslOps Function
highlight default link nndslArgument Identifier
highlight default link nndslSetting Identifier
highlight default link nndslDeclaration Keyword
highlight default link nndslStyle StorageClass
highlight default link nndslImport Include
highlight default link nndslControl Conditional
highlight default link nndslConstant Boolean
highlight default link nndslName Function
highlight default link nndslString String
highlight default link nndslEscape SpecialChar
highlight default link nndslComment Comment
highlight default link nndslTodo Todo

let b:current_syntax = 'nndsl'
