"""Django's SQLite backend with shorter waits for the one writer's lock."""
