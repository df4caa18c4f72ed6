# Versions are pinned here; `make locks` adds the checksums of the registry's packages.

provider "registry.terraform.io/cloudflare/cloudflare" {
  version     = "5.18.0"
  constraints = "5.18.0"
}
