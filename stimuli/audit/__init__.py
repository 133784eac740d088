"""What can be proven of a stimulus set: no frame leaks, the noise moves as its source, the files hold it all.

`checks` measures one clip, `recognition` asks a classifier over all of them, `verdicts` judges, `page` shows.
"""
