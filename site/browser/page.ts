/** What a page does in a browser: the theme, the search and buttons to copy. All else works without a script. */
import type { Hit } from './search.ts'

declare global {
  /** The search, once its script is loaded. */
  var searchDocumentation: ((query: string) => Hit[]) | undefined
}

const MOST_HITS = 20
const EXCERPT = 160
const { root = '' } = document.currentScript?.dataset ?? {}

function element<T extends Element>(selector: string, type: new () => T): T {
  const found = document.querySelector(selector)
  if (!(found instanceof type)) throw new Error(`${selector} is missing`)
  return found
}

function startTheme(): void {
  const button = element('button.theme', HTMLButtonElement)
  const system = matchMedia('(prefers-color-scheme: dark)')
  const { dataset } = document.documentElement
  const isDark = () => (dataset.theme ? dataset.theme === 'dark' : system.matches)
  const label = () => {
    button.textContent = isDark() ? 'Light' : 'Dark'
    button.ariaLabel = `Use the ${isDark() ? 'light' : 'dark'} theme`
  }
  button.addEventListener('click', () => {
    const dark = !isDark()
    // The choice of the system's theme is no choice: the page follows the system again.
    if (dark === system.matches) delete dataset.theme
    else dataset.theme = dark ? 'dark' : 'light'
    try {
      if (dataset.theme) localStorage.setItem('theme', dataset.theme)
      else localStorage.removeItem('theme')
    } catch {
      // Without storage the choice holds for this page.
    }
    label()
  })
  system.addEventListener('change', label)
  label()
  button.hidden = false
}

/** Loads the search and its data as scripts, which also works for a page that is opened as a file. */
function loadSearch(): Promise<unknown> {
  return Promise.all(
    ['search-data.js', 'search.js'].map(
      (name) =>
        new Promise((done, failed) => {
          const script = document.createElement('script')
          script.src = root + name
          script.async = false
          script.onload = done
          script.onerror = failed
          document.head.append(script)
        }),
    ),
  )
}

function startSearch(): void {
  const button = element('button.search', HTMLButtonElement)
  const dialog = element('dialog.search', HTMLDialogElement)
  const input = element('dialog input', HTMLInputElement)
  const list = element('dialog ol', HTMLOListElement)
  const status = element('dialog [role="status"]', HTMLElement)
  let loading: Promise<unknown> | undefined
  const show = () => {
    const query = input.value.trim()
    const hits = query === '' ? [] : (globalThis.searchDocumentation?.(query) ?? [])
    list.replaceChildren(...hits.slice(0, MOST_HITS).map(asItem))
    const number = hits.length === 1 ? '1 section' : `${hits.length} sections`
    status.textContent = query === '' ? '' : hits.length === 0 ? 'Nothing found.' : number
  }
  const open = () => {
    if (dialog.open) return
    dialog.showModal()
    input.select()
    loading ??= loadSearch()
    loading.then(show, () => {
      status.textContent = 'The search could not be loaded.'
      loading = undefined
    })
  }
  button.addEventListener('click', open)
  input.addEventListener('input', show)
  // A link into the page that is open leaves the dialog in the way otherwise.
  list.addEventListener('click', () => dialog.close())
  dialog.addEventListener('keydown', (event) => {
    const links = [...list.querySelectorAll('a')]
    const { activeElement } = document
    const at = activeElement instanceof HTMLAnchorElement ? links.indexOf(activeElement) : -1
    // A search field would only be emptied.
    if (event.key === 'Escape') dialog.close()
    if (event.key === 'Enter' && activeElement === input) {
      event.preventDefault()
      links[0]?.click()
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const next = event.key === 'ArrowDown' ? Math.min(at + 1, links.length - 1) : at - 1
    const target = next < 0 ? input : links[next]
    target?.focus()
  })
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close()
  })
  document.addEventListener('keydown', (event) => {
    const typing = event.target instanceof Element && event.target.closest('input, textarea')
    const shortcut = event.key === 'k' && (event.ctrlKey || event.metaKey)
    if (!shortcut && (event.key !== '/' || typing)) return
    event.preventDefault()
    open()
  })
  button.hidden = false
}

function asItem({ part, terms }: Hit): HTMLLIElement {
  const item = document.createElement('li')
  const link = document.createElement('a')
  link.href = root + part.address
  const place = document.createElement('small')
  place.textContent = part.page
  const excerpt = document.createElement('small')
  excerpt.append(...marked(excerptOf(part.text, terms), terms))
  link.append(...marked(part.heading, terms), place, excerpt)
  item.append(link)
  return item
}

/** The text around the first word that was found. */
function excerptOf(text: string, terms: readonly string[]): string {
  const lower = text.toLowerCase()
  const places = terms.map((term) => lower.indexOf(term)).filter((place) => place >= 0)
  const from = Math.max(0, Math.min(...places, text.length) - EXCERPT / 4)
  const start = places.length === 0 ? 0 : from
  const end = text.length - start > EXCERPT ? text.lastIndexOf(' ', start + EXCERPT) : text.length
  return `${start > 0 ? '... ' : ''}${text.slice(start, end)}${end < text.length ? ' ...' : ''}`
}

function marked(text: string, terms: readonly string[]): (string | HTMLElement)[] {
  if (terms.length === 0) return [text]
  const escaped = terms.map((term) => term.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pieces = text.split(new RegExp(`(${escaped.join('|')})`, 'gi'))
  return pieces.map((piece, index) => {
    if (index % 2 === 0) return piece
    const mark = document.createElement('mark')
    mark.textContent = piece
    return mark
  })
}

function startCopying(): void {
  if (!navigator.clipboard) return
  for (const block of document.querySelectorAll('pre')) {
    const frame = document.createElement('div')
    frame.className = 'code'
    const button = document.createElement('button')
    button.textContent = 'Copy'
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(block.textContent.trimEnd())
      button.textContent = 'Copied'
    })
    block.replaceWith(frame)
    frame.append(block, button)
  }
}

startTheme()
startSearch()
startCopying()
