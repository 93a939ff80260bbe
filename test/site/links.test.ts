import { expect, test } from 'vitest'
import { deadLinks, unnamedPages, unreachedPages } from '../../site/check/links.ts'

const page = (path: string, html: string) => ({ path, html })
const FILES = ['index.html', 'docs/http.html', 'docs/summary.png']
const exists = (file: string) => FILES.includes(file)

test('a link of the site to a missing page, anchor or picture is found', () => {
  const sound = [
    'docs/http.html',
    'docs/http.html#stamps',
    '#top',
    'docs/summary.png',
    'https://istio.io/latest/docs/',
    'https://github.com/istio-traffic-shift/istio-traffic-shift/blob/main/action.yml',
  ]
  const dead = [
    'docs/none.html',
    'docs/http.html#none',
    '#none',
    'docs/none.png',
    '../outside.html',
    'https://istio',
    'javascript:void',
    'https://github.com/istio-traffic-shift/istio-traffic-shift/blob/main/none.yml',
  ]
  const links = [...sound, ...dead].map((link) => `<a href="${link}">text</a>`).join('')
  const pages = [
    page('index.html', `<h1 id="top">Top</h1>${links}`),
    page('docs/http.html', '<h2 id="stamps">Stamps</h2><a href="../index.html#top">up</a>'),
  ]
  expect(deadLinks(pages, exists)).toEqual(
    dead.map((link) => `index.html: "${link}" leads nowhere`),
  )
})

test('a page to which no link of the navigation leads is found', () => {
  const pages = [
    page(
      'index.html',
      '<nav id="n"><a href="docs/http.html#stamps">HTTP</a></nav><a href="docs/b.html">',
    ),
    page('docs/http.html', ''),
    page('docs/b.html', ''),
  ]
  expect(unreachedPages(pages).map((problem) => problem.split(':')[0])).toEqual([
    'index.html',
    'docs/b.html',
  ])
})

test('a page without a title or a description of its own is found', () => {
  const head = (title: string, about: string) =>
    `<title>${title}</title><meta name="description" content="${about}">`
  const pages = [
    page('a.html', head('One', 'About one.')),
    page('b.html', head('One', '')),
    page('c.html', ''),
  ]
  expect(unnamedPages(pages)).toEqual([
    'b.html: another page has the same title: "One"',
    'c.html: the page has no title',
    'b.html: the page has no description',
    'c.html: the page has no description',
  ])
})
