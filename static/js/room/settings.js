/* Choices that this browser remembers: what is read aloud, and what sounds. */

const PREFIX = "commonhour.";

export function setting(name) {
  try {
    return localStorage.getItem(PREFIX + name) ?? "";
  } catch {
    return ""; // storage is switched off
  }
}

export function settings(root) {
  for (const select of root.querySelectorAll("[data-setting]")) {
    select.value = setting(select.dataset.setting);
    select.addEventListener("change", () => {
      try {
        localStorage.setItem(PREFIX + select.dataset.setting, select.value);
      } catch {
        /* Storage is switched off: the choice lasts as long as the page. */
      }
    });
  }
  return () => {};
}
