export const contactsText = { import: { title: 'Import' } };
