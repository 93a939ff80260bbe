import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { actionManifest, withTables } from './manifest.ts'

/** Writes what is generated from tables: action.yml, and the tables of the README. */
const root = path.resolve(import.meta.dirname, '..')
const readme = path.join(root, 'README.md')
writeFileSync(path.join(root, 'action.yml'), actionManifest())
writeFileSync(readme, withTables(readFileSync(readme, 'utf8')))
