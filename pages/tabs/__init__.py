"""One file a tab: its controls, what it computes, what it draws and says. The pages beside this folder list them."""
