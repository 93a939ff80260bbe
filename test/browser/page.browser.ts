import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBrowser } from '../../build/browser.ts'
import { KIND_NAMES, runKind } from '../../kit/run/kinds-of-run.ts'
import { pageOf } from '../../src/report/page/page.ts'
import { broken } from './support/accessibility.ts'

const PHONE = { width: 360, height: 800 }
const DESKTOP = { width: 1280, height: 800 }

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser.close())

/** Opens a page as a reader does, does something with it, and closes it. */
async function withPage<T>(
  html: string,
  options: BrowserContextOptions,
  act: (page: Page) => Promise<T>,
): Promise<T> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  try {
    // Served under an address of its own, as setContent would not let the page's policy count.
    await page.route('http://report.test/', (route) =>
      route.fulfill({ contentType: 'text/html', body: html }),
    )
    await page.goto('http://report.test/')
    return await act(page)
  } finally {
    await context.close()
  }
}

/** Words of charts that are outside of the window, or too small to read. */
const LOST_WORDS = `[...document.querySelectorAll('svg text')].flatMap((text) => {
  const { left, right, height } = text.getBoundingClientRect()
  return left < 0 || right > innerWidth || height < 11 ? [text.textContent] : []
})`

describe.each(KIND_NAMES)('report.html of a run of the kind: %s', (name) => {
  let html = ''
  beforeAll(async () => {
    const { outcome, record } = await runKind(name)
    html = pageOf(record, outcome)
  })

  test('does not scroll sideways and has readable words at any width', async () => {
    for (const viewport of [PHONE, DESKTOP]) {
      const seen = await withPage(html, { viewport }, async (page) => ({
        width: await page.evaluate('document.documentElement.scrollWidth'),
        lost: await page.evaluate(LOST_WORDS),
      }))
      expect(seen).toEqual({ width: viewport.width, lost: [] })
    }
  })

  test('passes every accessibility rule of axe, contrast included, light and dark', async () => {
    const readers: BrowserContextOptions[] = [
      { viewport: PHONE, colorScheme: 'light' },
      { viewport: DESKTOP, colorScheme: 'dark' },
    ]
    for (const options of readers) {
      // What axe puts into the page, the page's own policy would not let in.
      expect(await withPage(html, { ...options, bypassCSP: true }, broken)).toEqual([])
    }
  })

  test('requests nothing, runs nothing and reports no error', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const messages: string[] = []
    page.on('console', (message) => messages.push(message.text()))
    page.on('pageerror', (error) => messages.push(error.message))
    page.on('dialog', (dialog) => messages.push(dialog.message()))
    page.on('request', (request) => messages.push(request.url()))
    await page.route('**/*', (route) =>
      route.request().url() === 'http://report.test/'
        ? route.fulfill({ contentType: 'text/html', body: html })
        : route.abort(),
    )
    await page.goto('http://report.test/', { waitUntil: 'load' })
    expect(
      await page.evaluate("document.querySelectorAll('script, img, a, iframe, form').length"),
    ).toBe(0)
    expect(await page.evaluate('getComputedStyle(document.body).maxWidth')).toBe('992px')
    expect(messages.filter((one) => !/^http:\/\/report\.test\/(favicon\.ico)?$/.test(one))).toEqual(
      [],
    )
    await context.close()
  })
})

describe('the page of a ramp', () => {
  test('draws a line for each step from the left to the right of its chart', async () => {
    const { outcome, record } = await runKind('ramp')
    const boxes = await withPage(pageOf(record, outcome), {}, (page) =>
      page.evaluate(`[...document.querySelectorAll('polyline.observed')].map((line) => {
        const chart = line.ownerSVGElement.getBoundingClientRect()
        const { width, height } = line.getBoundingClientRect()
        return { wide: width > chart.width * 0.9, visible: chart.height > 100 && height >= 0 }
      })`),
    )
    expect(boxes).toEqual(outcome.checks.map(() => ({ wide: true, visible: true })))
  })

  test("is light or dark as the reader's system is", async () => {
    const { outcome, record } = await runKind('plan')
    const ground = (colorScheme: 'light' | 'dark') =>
      withPage(pageOf(record, outcome), { colorScheme }, (page) =>
        page.evaluate('getComputedStyle(document.body).backgroundColor'),
      )
    expect(await ground('light')).toBe('rgb(255, 255, 255)')
    expect(await ground('dark')).toBe('rgb(13, 17, 23)')
  })
})
