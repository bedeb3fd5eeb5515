import { cpSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** The server under which `npm run dev` tries the pages. */
const server = process.env.REMOTE_BID_URL ?? 'http://127.0.0.1:8080'

/** Leaves a .gz beside each asset: the server sends it to whoever accepts gzip. */
function gzipped(): Plugin {
  return {
    name: 'gzipped',
    apply: 'build',
    writeBundle({ dir }) {
      const assets = join(dir!, 'assets')
      for (const name of readdirSync(assets).filter((name) => /\.(m?js|css)$/.test(name))) {
        writeFileSync(join(assets, `${name}.gz`), gzipSync(readFileSync(join(assets, name)), { level: 9 }))
      }
    },
  }
}

/** Lays beside the pages what PDF files may leave out: character maps of Chinese fonts, the standard fonts. */
function withPdfFonts(): Plugin {
  return {
    name: 'with-pdf-fonts',
    apply: 'build',
    writeBundle({ dir }) {
      const of = 'node_modules/pdfjs-dist'
      const { version } = JSON.parse(readFileSync(`${of}/package.json`, 'utf8')) as { version: string }
      for (const folder of ['cmaps', 'standard_fonts']) {
        cpSync(join(of, folder), join(dir!, 'assets', `pdf-${version}`, folder), { recursive: true })
      }
    },
  }
}

export default defineConfig({
  plugins: [vue(), gzipped(), withPdfFonts()],
  define: {
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
  },
  build: {
    outDir: process.env.WEB_OUT_DIR ?? '../remote_bid/pages',
    emptyOutDir: true,
    assetsInlineLimit: 0,
    // The second is served by a demonstration alone.
    rolldownOptions: { input: ['index.html', 'chair.html'] },
    target: ['chrome87', 'safari14'],
  },
  server: {
    proxy: {
      '/api': server,
      // The server admits sockets of its own origin only.
      '/socket.io': { target: server, ws: true, headers: { origin: server } },
    },
  },
  test: {
    environment: 'happy-dom',
    env: { TZ: 'UTC' },
  },
})
