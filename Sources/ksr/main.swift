print("ksr")
