# Versions are pinned here; `make locks` adds the checksums of the registry's packages.

provider "registry.terraform.io/hashicorp/aws" {
  version     = "6.25.0"
  constraints = "6.25.0"
}
