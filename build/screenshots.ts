import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { marked } from 'marked'
import type { Browser, Page } from 'playwright-core'
import { type KindName, runKind } from '../kit/run/kinds-of-run.ts'
import { pageOf } from '../src/report/page/page.ts'
import { summaryOf } from '../src/report/summary/summary.ts'
import { openBrowser } from './browser.ts'

/**
 * Makes the pictures of docs/ from runs on the embedded mesh: report.html, light and dark, and the job summary, rendered
 * by marked with a style like GitHub's.
 */
const DOCS = path.resolve(import.meta.dirname, '..', 'docs')
const STYLE = path.resolve(
  import.meta.dirname,
  '../node_modules/github-markdown-css/github-markdown-light.css',
)

/** What is further down is more of the same. */
const TALLEST = 2400

const browser = await openBrowser()
try {
  const ramp = await runOf('ramp')
  await picture(browser, 'report-light.png', pageOf(ramp.record, ramp.outcome), {
    colorScheme: 'light',
    width: 1000,
  })
  const fail = await runOf('fail and rollback')
  await picture(browser, 'report-dark.png', pageOf(fail.record, fail.outcome), {
    colorScheme: 'dark',
    width: 400,
  })
  const summary = summaryPage(summaryOf(fail.record, fail.outcome))
  await picture(browser, 'summary.png', summary, { colorScheme: 'light', width: 900 })
} finally {
  await browser.close()
}

/** A run of this kind. */
async function runOf(kind: KindName) {
  const { outcome, record } = await runKind(kind)
  process.stdout.write(`${kind}: ${outcome.verdict} (${outcome.reason})\n`)
  return { outcome, record }
}

async function picture(
  from: Browser,
  file: string,
  html: string,
  { colorScheme, width }: { colorScheme: 'light' | 'dark'; width: number },
): Promise<void> {
  const context = await from.newContext({
    viewport: { width, height: 600 },
    colorScheme,
    bypassCSP: true,
  })
  const page = await context.newPage()
  await page.setContent(html)
  writeFileSync(path.join(DOCS, file), await screenshot(page))
  await context.close()
}

async function screenshot(page: Page): Promise<Buffer> {
  const { width = 0 } = page.viewportSize() ?? {}
  const tall = Number(await page.evaluate('document.documentElement.scrollHeight'))
  const clip = { x: 0, y: 0, width, height: Math.min(tall, TALLEST) }
  return page.screenshot({ fullPage: true, clip })
}

function summaryPage(markdown: string): string {
  const html = marked
    .parse(markdown, { async: false, gfm: true })
    // Not every machine has glyphs for these; GitHub has.
    .replaceAll('✅', '<span style="color: #1a7f37">✔</span>')
    .replaceAll('❌', '<span style="color: #cf222e">✘</span>')
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><style>${readFileSync(STYLE, 'utf8')} body { margin: 0; padding: 24px }</style></head><body class="markdown-body">${html}</body></html>`
}
