from labeling.kinds import kinds
from labeling.modules import imported


def test_what_is_imported_by_what_is_imported() -> None:
    found = imported("labeling/kinds/ranking/form.js", "labeling/work.js")

    assert {"vendor/sortable.esm.js", "labeling/draft.js", "labeling/goal.js"} < set(found)
    assert len(set(found)) == len(found)
    assert "labeling/work.js" not in found


def test_a_page_asks_for_all_of_it_at_once(client, ada, project) -> None:
    from tests.factories import make_task

    for name in kinds():
        make_task(project, name)
        client.force_login(ada)
        page = client.get(f"/projects/kitchen/label/?kind={name}", follow=True).content.decode()

        for module in imported(f"labeling/kinds/{name}/form.js", "labeling/work.js"):
            assert f'<link rel="modulepreload" href="/static/{module}">' in page
