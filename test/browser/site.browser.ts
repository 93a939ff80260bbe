import { existsSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../../build/browser.ts'
import { ROOT } from '../../kit/docs/markdown.ts'
import { broken } from './support/accessibility.ts'

/** A folder of a host, as on GitHub Pages. */
const SITE = 'http://site.test/istio-traffic-shift/'
const OUT = path.join(ROOT, 'site/out')
const PHONE = { width: 360, height: 800 }
const DESKTOP = { width: 1280, height: 800 }

let browser: Browser
let files: string[]
beforeAll(async () => {
  if (!existsSync(path.join(ROOT, 'site/node_modules')))
    throw new Error('The generator of the site is not installed. Run: npm ci --prefix site')
  const { buildSite } = await import('../../site/build.ts')
  files = (await buildSite()).map((page) => page.path)
  browser = await openBrowser()
})
afterAll(() => browser?.close())

/** Opens the site as a reader does, and notes what it requests from other places and what it reports. */
async function withSite<T>(
  options: BrowserContextOptions,
  act: (page: Page, messages: readonly string[]) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const messages: string[] = []
  page.on('console', (message) => messages.push(message.text()))
  page.on('pageerror', (error) => messages.push(error.message))
  await context.route('**/*', (route) => {
    const url = route.request().url()
    if (url.startsWith(SITE))
      return route.fulfill({
        path: path.join(OUT, new URL(url.slice(SITE.length), 'file:///').pathname),
      })
    if (url.startsWith('file:')) return route.continue()
    messages.push(url)
    return route.abort()
  })
  try {
    return await act(page, messages)
  } finally {
    await context.close()
  }
}

/** Pages that are wider than the window, and the rules of axe that each page breaks. What all pages share is checked once. */
function defects(
  viewport: typeof PHONE,
  colorScheme: 'light' | 'dark',
  checked: readonly string[],
): Promise<readonly string[]> {
  return withSite({ viewport, colorScheme }, async (page, messages) => {
    const found: string[] = []
    for (const file of files) {
      await page.goto(SITE + file)
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'))
      if (width > viewport.width) found.push(`${file} is ${width} wide`)
      if (!checked.includes(file)) continue
      const rules = await broken(page, file === 'index.html' ? 'html' : 'main')
      found.push(...rules.map((rule) => `${file}: ${rule}`))
    }
    return [...found, ...messages]
  })
}

const GROUND = 'getComputedStyle(document.body).backgroundColor'
const LIGHT = 'rgb(255, 255, 255)'
const DARK = 'rgb(13, 17, 23)'

describe('every page of the site, without a request to another place,', () => {
  test('fits a phone and passes every accessibility rule of axe, contrast included', async () => {
    expect(await defects(PHONE, 'light', files)).toEqual([])
  })

  test('fits a desktop and has the contrast of the dark theme', async () => {
    // The theme differs in nothing but the colors, and these pages have all of them.
    const dark = files.filter((file) => /^(index|docs\/(design|http)|examples\/index)/.test(file))
    expect(dark).toHaveLength(4)
    expect(await defects(DESKTOP, 'dark', dark)).toEqual([])
  })
})

describe('the theme of the site', () => {
  test('is that of the system, until the reader chooses the other, on all pages', async () => {
    await withSite({ colorScheme: 'dark' }, async (page) => {
      await page.goto(`${SITE}index.html`)
      expect(await page.evaluate(GROUND)).toBe(DARK)
      await page.getByRole('button', { name: 'Use the light theme' }).click()
      expect(await page.evaluate(GROUND)).toBe(LIGHT)
      await page.goto(`${SITE}docs/errors.html`)
      expect(await page.evaluate(GROUND)).toBe(LIGHT)
      await page.getByRole('button', { name: 'Use the dark theme' }).click()
      expect(await page.evaluate(GROUND)).toBe(DARK)
      await page.emulateMedia({ colorScheme: 'light' })
      expect(await page.evaluate(GROUND)).toBe(LIGHT)
    })
  })
})

describe('the search of the site', () => {
  test.each([
    ['a host', SITE],
    ['a folder without a server', `${pathToFileURL(OUT).href}/`],
  ])('finds a code and opens its section, from %s', async (_, site) => {
    await withSite({}, async (page, messages) => {
      await page.goto(`${site}docs/http.html`)
      await page.keyboard.press('/')
      const input = page.getByRole('searchbox')
      await input.fill('ITS-OFF-TARGET')
      const first = page.locator('dialog li a').first()
      await first.waitFor()
      expect(await first.innerText()).toMatch(/^ITS-OFF-TARGET/)
      await input.press('Enter')
      await page.waitForURL(`${site}docs/errors.html#its-off-target`)
      expect(await page.locator('#its-off-target').isVisible()).toBe(true)
      expect(messages).toEqual([])
    })
  })

  test('opens with its button on a phone, passes the rules of axe, and says that nothing was found', async () => {
    await withSite({ viewport: PHONE, colorScheme: 'dark' }, async (page) => {
      await page.goto(`${SITE}index.html`)
      await page.getByRole('button', { name: 'Search' }).click()
      const status = page.locator('dialog [role="status"]')
      await page.getByRole('searchbox').fill('journal')
      await page.locator('dialog li').first().waitFor()
      expect(await broken(page)).toEqual([])
      await page.getByRole('searchbox').fill('zzzzqqqq')
      expect(await status.innerText()).toBe('Nothing found.')
      await page.keyboard.press('Escape')
      expect(await page.locator('dialog').isVisible()).toBe(false)
    })
  })
})

test('the menu of a phone opens over the page, and its links lead to the pages', async () => {
  await withSite({ viewport: PHONE }, async (page) => {
    await page.goto(`${SITE}index.html`)
    const link = page.getByRole('link', { name: 'Errors and warnings' })
    expect(await link.isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Menu' }).click()
    await link.click()
    await page.waitForURL(`${SITE}docs/errors.html`)
    expect(await link.isVisible()).toBe(false)
  })
})

describe('the recording of the demo', () => {
  test('is a still picture for readers who prefer less motion', async () => {
    const shown = (reducedMotion: 'reduce' | 'no-preference') =>
      withSite({ reducedMotion }, async (page) => {
        await page.goto(`${SITE}index.html`)
        return page.evaluate("document.querySelector('picture img').currentSrc.split('/').pop()")
      })
    expect(await shown('reduce')).toBe('demo-still.svg')
    expect(await shown('no-preference')).toBe('demo.svg')
  })

  test('has every row inside of its frame, and moves only for readers who do not mind', async () => {
    const column = 'getComputedStyle(document.querySelector(".column")).animationName'
    const lost = `(() => {
      const frame = document.querySelector('rect').getBoundingClientRect()
      return [...document.querySelectorAll('text')].flatMap((text) =>
        text.getBoundingClientRect().right > frame.right ? [text.textContent] : [])
    })()`
    for (const reducedMotion of ['reduce', 'no-preference'] as const) {
      await withSite({ reducedMotion, viewport: DESKTOP }, async (page) => {
        await page.goto(pathToFileURL(path.join(ROOT, 'docs/demo.svg')).href)
        expect(await page.evaluate(column)).toBe(reducedMotion === 'reduce' ? 'none' : 'column')
        expect(await page.evaluate(lost)).toEqual([])
      })
    }
  })
})

test('a page without scripts has its text and every link of the navigation', async () => {
  await withSite({ viewport: DESKTOP, javaScriptEnabled: false }, async (page) => {
    await page.goto(`${SITE}docs/design.html`)
    expect(await page.locator('.diagram svg').isVisible()).toBe(true)
    expect(await page.getByRole('link', { name: 'Errors and warnings' }).isVisible()).toBe(true)
    expect(await page.locator('header button').evaluateAll((all) => all.length)).toBe(3)
    expect(await page.getByRole('button', { name: 'Search' }).isVisible()).toBe(false)
  })
})
