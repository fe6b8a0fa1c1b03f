export function ContactsScreen(_: { chosen: string }) {
  return null;
}
