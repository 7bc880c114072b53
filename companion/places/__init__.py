"""Places: the 47 prefectures and the municipalities with their official codes."""
