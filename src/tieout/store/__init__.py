"""The only room with tables. Others read through `queries` and write through `commits`."""
