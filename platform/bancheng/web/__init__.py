"""The look of every page: shell, components, forms, papers, errors.

A page of a centre or of the municipal office:

    {% extends "web/base.html" %}
    {% block title %}转办{% endblock %}         the browser's title
    {% block breadcrumb %}<ol class="crumbs"><li><a href="/">工作台</a></li><li>转办</li></ol>{% endblock %}
    {% block heading %}转办{% endblock %}       the one <h1>; {% block subtitle %} is a line below it
    {% block actions %}…{% endblock %}          buttons at the right of the heading
    {% block content %}…{% endblock %}
    {% block scripts %}{% include "web/charts.html" %}{% endblock %}   only where {% chart %} is used

A list stands in a flush card, scrolls inside itself, and knows how to be empty:

    {% card "收到的转办" note="共 3 件" flush=True %}{% filters form %}
      <div class="table-wrap"><table class="table table-stack">…<td class="num" data-label="剩余">…</table>
      </div>
      {% pagination page %}{% endcard %}

    td.num right-aligned figures, td.nowrap, td.text the wide column, td.act the buttons at the end; with
    table-stack and data-label a row becomes a small card on a phone. <dl class="facts"><dt><dd> for facts,
    <div class="tiles"> around tiles, <div class="form-foot"> around the buttons of a form.

Pages without navigation extend web/plain.html (block width: narrow, middle, wide). What an hx-get brings into
the dialog extends web/modal.html and names hx-target="#dialog-body"; it closes with `http.toast(…,
close_dialog=True)`. Papers extend web/paper.html and are shown by `http.print_page`. Live fields use
hx-trigger="input changed delay:300ms", so that nothing is sent while a word is being composed.

The tags are listed in `templatetags/bancheng.py`, the words in `words.py`, the navigation in `navigation.py`.
"""
