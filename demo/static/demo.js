// The demo page's own script: copy buttons, a cart in this browser, and the packs, which change without loading a page.

const all = (selector) => [...document.querySelectorAll(selector)]
const one = (selector) => document.querySelector(selector)

// --- what can be copied

for (const part of all('[data-origin]')) part.textContent = location.origin

const said = one('[data-said]')

async function copy(button, text) {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    said.textContent = 'Not copied. Select the text and copy it by hand.'
    return
  }
  const before = button.textContent
  button.textContent = 'Copied'
  said.textContent = 'Copied'
  setTimeout(() => {
    button.textContent = before
    said.textContent = ''
  }, 2000)
}

for (const button of all('[data-copy]')) {
  button.hidden = false
  button.addEventListener('click', () => copy(button, button.dataset.copy))
}
for (const button of all('[data-copy-snippet]')) {
  button.hidden = false
  button.addEventListener('click', () => copy(button, one('[data-snippet]').textContent))
}

// --- the cart: pieces by product, in this browser; only in this page if it keeps nothing

const STORED = 'tern.cart'
let cart = {}

try {
  cart = Object(JSON.parse(localStorage.getItem(STORED)))
} catch {
  // storage is off, or holds something else
}

function put(slug, pieces) {
  if (pieces > 0) cart[slug] = pieces
  else delete cart[slug]
  try {
    localStorage.setItem(STORED, JSON.stringify(cart))
  } catch {
    // storage is off: the cart lives as long as the page
  }
  showCart()
}

function showCart() {
  const pieces = Object.values(cart).reduce((a, b) => a + b, 0)
  for (const count of all('[data-cart-count]')) count.textContent = pieces || ''
  if (!one('[data-cart]')) return
  let sum = 0
  for (const row of all('[data-item]')) {
    const n = cart[row.dataset.item] ?? 0
    row.hidden = n === 0
    row.querySelector('[data-pieces]').textContent = n
    sum += n * Number(row.dataset.euros)
  }
  one('[data-cart]').hidden = one('[data-cart-total]').hidden = pieces === 0
  one('[data-cart-empty]').hidden = pieces > 0
  one('[data-sum]').textContent = sum
}

for (const button of all('[data-add]')) {
  button.addEventListener('click', () => {
    put(button.dataset.add, (cart[button.dataset.add] ?? 0) + 1)
    button.textContent = 'Added. One more'
    said.textContent = 'Added to the cart'
  })
}
for (const button of all('[data-remove]')) button.addEventListener('click', () => put(button.dataset.remove, 0))
showCart()

// --- packs: each has an address and a title of its own, but no page is loaded. Tents are loaded as ever.

function show(path) {
  for (const product of all('[data-product]')) product.hidden = product.dataset.product !== path
  const product = one('[data-product]:not([hidden])')
  one('[data-list]').hidden = product !== null
  const shown = product ?? one('[data-list]')
  const heading = shown.querySelector('h1')
  document.title = `${heading.textContent} · Tern Outdoor`
  heading.focus({ preventScroll: true })
  scrollTo(0, 0)
}

if (one('[data-list]') && location.pathname.startsWith('/demo/packs')) {
  one('main').addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="/demo/packs"]')
    if (!link || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    history.pushState(null, '', link.href)
    show(link.pathname)
  })
  addEventListener('popstate', () => show(location.pathname))
}
