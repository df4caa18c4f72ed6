"""Requests against the published specifications."""

from sandbox.cloud.request_checks import cloudflare_schemas

CHANGE = {"source": {"config": {"preview_deployment_setting": "none"}}}


def test_a_patch_may_change_one_field_of_an_inner_object():
    """As Cloudflare's provider sends a Pages project: the changed fields alone."""
    assert cloudflare_schemas().body_problem("PATCH", "/accounts/{}/pages/projects/{}", CHANGE) is None


def test_a_new_object_has_every_required_field():
    problem = cloudflare_schemas().body_problem("POST", "/accounts/{}/pages/projects", CHANGE)
    assert problem is not None
    assert "required" in problem
