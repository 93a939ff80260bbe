import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Rules of axe that a page, or a part of it, breaks, with the element, at level AA and of good practice. */
export async function broken(page: Page, part = 'html'): Promise<string[]> {
  const results: axe.AxeResults = await page.evaluate(
    `${axe.source}; axe.run('${part}', { resultTypes: ['violations'] })`,
  )
  return results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes[0]?.html} ${nodes[0]?.failureSummary}`,
  )
}
