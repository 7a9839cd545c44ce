"""The commands of `errata`, each as a thin reading of its options."""
