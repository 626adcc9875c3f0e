print("lander")
