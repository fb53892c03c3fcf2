"""J − J* and ∂J/∂θ of each loss in a few lines of NumPy: the part of a program that says which loss it descends."""
