// Sorts a table by the column whose heading is pressed; a second press turns the order round.
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const numeric = head.dataset.kind === "number";
      const value = (row) => row.cells[column].dataset.value;
      const order = (one, other) => {
        const [a, b] = [value(one), value(other)];
        if (a === "" || b === "") return (a === "") - (b === ""); // What is empty stays last.
        const sign = numeric ? Number(a) - Number(b) : a.localeCompare(b, "en", { numeric: true });
        return down ? -sign : sign;
      };
      table.tBodies[0].append(...[...table.tBodies[0].rows].sort(order));
    });
  });
}
// The picture on the page is the file itself.
for (const link of document.querySelectorAll("a.picture")) {
  link.href = document.getElementById(link.hash.slice(1)).querySelector("img").src;
  link.download = link.textContent;
}
// On paper only tables of more than a page or two stay folded away.
addEventListener("beforeprint", () => document.querySelectorAll("details.short").forEach((part) => (part.open = true)));
