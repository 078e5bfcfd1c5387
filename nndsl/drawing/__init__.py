"""An outline -> a picture: boxes, lines and words with their places, and writers of files.

`figure` is made once; each writer (`svg`, `html`, `pdf`) only puts down what is in it.
"""
