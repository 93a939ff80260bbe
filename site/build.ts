import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Eleventy from '@11ty/eleventy'
import { rolldown } from 'rolldown'
import { ROOT } from '../kit/docs/markdown.ts'
import type { Part } from './browser/search.ts'
import { markdown } from './markdown.ts'
import { type SitePage, sitePagesOf } from './pages.ts'

/** Where the site is built. The folder is not committed. */
export const OUT = path.join(import.meta.dirname, 'out')
const LAYOUT = path.join(import.meta.dirname, 'layout')

/** Builds the site from README.md, docs/, examples/ and the other pages that docs/README.md lists. */
export async function buildSite(): Promise<SitePage[]> {
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT)
  const pages = sitePagesOf()
  const eleventy = new Eleventy(relative(import.meta.dirname), relative(OUT), {
    quietMode: true,
    configPath: false,
    config(config) {
      config.setUseGitIgnore(false)
      config.setLayoutsDirectory('layout')
      config.setTemplateFormats(['md'])
      config.setLibrary('md', markdown)
      for (const page of pages) {
        const data = {
          ...page.data,
          layout: 'page.liquid',
          permalink: page.path,
          templateEngineOverride: 'md',
        }
        config.addTemplate(page.file, page.text, data)
      }
      for (const name of ['style.css', 'icon.svg'])
        config.addPassthroughCopy({ [relative(path.join(LAYOUT, name))]: name })
      config.addPassthroughCopy({ 'docs/*.{png,svg,json,cast}': 'docs' })
    },
  })
  await eleventy.write()
  const parts: Part[] = pages.flatMap((page) => page.parts).map((part, id) => ({ id, ...part }))
  writeFileSync(path.join(OUT, 'search-data.js'), `var documentation=${JSON.stringify(parts)}`)
  await bundle('page.ts', 'page.js')
  await bundle('search-script.ts', 'search.js')
  return pages
}

/** Eleventy takes paths from the folder in which it is started. */
function relative(file: string): string {
  return path.relative(process.cwd(), file)
}

async function bundle(from: string, to: string): Promise<void> {
  const bundled = await rolldown({ input: path.join(import.meta.dirname, 'browser', from) })
  await bundled.write({ file: path.join(OUT, to), format: 'iife', minify: true })
  await bundled.close()
}

if (import.meta.main) {
  process.chdir(ROOT)
  const before = performance.now()
  const pages = await buildSite()
  const files = readdirSync(OUT, { recursive: true, withFileTypes: true }).filter((file) =>
    file.isFile(),
  )
  const bytes = files.reduce(
    (sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size,
    0,
  )
  process.stdout.write(
    `${pages.length} pages, ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB in ${((performance.now() - before) / 1000).toFixed(1)} s: ${relative(path.join(OUT, 'index.html'))}\n`,
  )
}
