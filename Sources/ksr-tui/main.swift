print("ksr-tui")
