// Tags are offered one by one: after a comma the list begins anew, without those that are there.
customElements.define('tag-field', class extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector('input');
    const list = this.querySelector('datalist');
    const words = [...list.options].map((option) => option.value);
    input.addEventListener('input', () => {
      const typed = input.value.split(',').slice(0, -1).map((word) => word.trim()).filter(Boolean);
      const head = typed.map((word) => `${word}, `).join('');
      const left = words.filter((word) => !typed.includes(word.toLowerCase()));
      list.replaceChildren(...left.map((word) => Object.assign(document.createElement('option'), { value: head + word })));
    });
  }
});
