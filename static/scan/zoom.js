/** Pictures (`<img class="picture" data-zoom="large address">`) open large in a dialog. */

export function createZoom({ dialog, image, caption, texts }) {
    function open(picture) {
        image.src = picture.dataset.zoom || picture.currentSrc || picture.src;
        image.alt = picture.alt;
        caption.textContent = picture.alt || texts.picture;
        dialog.showModal();
    }

    /** Makes pictures reachable by keyboard; called after every change of the work area. */
    function prepare(root) {
        for (const picture of root.querySelectorAll("img.picture")) {
            if (picture.closest("a, button")) continue;
            picture.tabIndex = 0;
            picture.setAttribute("role", "button");
            picture.setAttribute("aria-label", `${texts.enlarge}: ${picture.alt}`.replace(/: $/, ""));
        }
    }

    document.addEventListener("click", (event) => {
        const picture = event.target.closest?.("img.picture[role=button]");
        if (picture) open(picture);
    });
    document.addEventListener("keydown", (event) => {
        if (event.key !== " " || !event.target.matches?.("img.picture[role=button]")) return;
        event.preventDefault();
        open(event.target);
    });
    dialog.addEventListener("click", () => dialog.close());

    return { prepare };
}
