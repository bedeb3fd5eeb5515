import { createHash } from 'node:crypto'
import vue from '@vitejs/plugin-vue'
import type { Plugin, Rolldown } from 'vite'
import { defineConfig } from 'vite'

/**
 * One file that needs nothing else: the script and the styles stand in it, and its policy of content lets nothing in but
 * these, by their hashes, and nothing out.
 */
function alone(): Plugin {
  return {
    name: 'alone',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const made = Object.values(bundle)
      const scripts = made.filter((one) => one.type === 'chunk')
      const [pages, styles] = ['.html', '.css'].map((end) => assets(made, end)) as [Rolldown.OutputAsset[], Rolldown.OutputAsset[]]
      const [page, script, style] = [pages[0], scripts[0], styles[0]]
      if (!page || !script || !style || made.length !== 3) throw new Error('one page, one script, one style sheet')
      page.source = inlined(String(page.source), script.code, String(style.source))
      for (const { fileName } of [script, style]) Reflect.deleteProperty(bundle, fileName)
    },
  }
}

function assets(made: readonly (Rolldown.OutputAsset | Rolldown.OutputChunk)[], end: string): Rolldown.OutputAsset[] {
  return made.filter((one): one is Rolldown.OutputAsset => one.type === 'asset' && one.fileName.endsWith(end))
}

function inlined(page: string, code: string, css: string): string {
  // Neither may end its element, or seem to begin another; in a script these signs stand in strings only.
  const script = code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--')
  const style = css.trim()
  if (style.includes('</style')) throw new Error('a style sheet ends its element')
  const policy = [
    "default-src 'none'",
    `script-src ${hashed(script)}`,
    `style-src ${hashed(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ')
  const bare = page.replace(/\s*<script[^>]* src=[^>]*><\/script>/g, '').replace(/\s*<link rel="stylesheet"[^>]*>/g, '')
  const head = `<meta charset="utf-8" />\n    <meta http-equiv="Content-Security-Policy" content="${policy}" />`
  return bare
    .replace('<meta charset="utf-8" />', () => head)
    .replace('</head>', () => `  <style>${style}</style>\n  </head>`)
    .replace('</body>', () => `  <script type="module">${script}</script>\n  </body>`)
}

function hashed(content: string): string {
  return `'sha256-${createHash('sha256').update(content).digest('base64')}'`
}

export default defineConfig({
  plugins: [vue(), alone()],
  define: {
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: process.env.WEB_OUT_DIR ?? '../remote_bid/pages',
    emptyOutDir: false,
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: { input: 'sealer.html', output: { codeSplitting: false } },
    target: ['chrome87', 'safari14'],
  },
})
