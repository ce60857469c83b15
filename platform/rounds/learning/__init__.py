"""What more labels would bring: curves that reward models on shares of the labels gave, read on."""
