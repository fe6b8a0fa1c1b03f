// Small applications around the examples' components: somebody logs in and out, and goes to a part without the chat.

const buttons = `[
  ['Log in', () => setPerson(window.person)],
  ['Log out', () => setPerson(null)],
  ['Leave', () => setHere(false)],
  ['Come back', () => setHere(true)],
]`;

/** Modules beside the examples, by framework: `render` for the server, and what takes over in the browser. */
export const hosts = {
  React: {
    example: 'react.tsx',
    app: `
      import { createElement as h, StrictMode, useState } from 'react';
      import { Chat } from './react.tsx';
      function App({ first }) {
        const [person, setPerson] = useState(first);
        const [here, setHere] = useState(true);
        const buttons = ${buttons}.map(([label, onClick]) => h('button', { key: label, onClick }, label));
        return h('main', null, buttons, here && h(Chat, { person }));
      }
      const app = (first) => h(StrictMode, null, h(App, { first }));`,
    server: `
      import { renderToString } from 'react-dom/server';
      export const render = (first) => renderToString(app(first));`,
    browser: `
      import { hydrateRoot } from 'react-dom/client';
      hydrateRoot(document.getElementById('app'), app(window.first));`,
  },
  Vue: {
    example: 'vue.vue',
    app: `
      import { createSSRApp, h, ref } from 'vue';
      import Chat from './vue.vue';
      const app = (first) => createSSRApp(() => {
        const setPerson = (now) => { person.value = now; };
        const setHere = (now) => { here.value = now; };
        const buttons = ${buttons}.map(([label, onClick]) => h('button', { key: label, onClick }, label));
        return h('main', null, [buttons, here.value ? h(Chat, { person: person.value }) : null]);
      }, person.value = first);
      const person = ref(null);
      const here = ref(true);`,
    server: `
      import { renderToString } from 'vue/server-renderer';
      export const render = (first) => renderToString(app(first));`,
    browser: `
      app(window.first).mount('#app');`,
  },
};
