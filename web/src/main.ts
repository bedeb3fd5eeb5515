import 'element-plus/theme-chalk/base.css'
import './app/look.css'
import { createApp } from 'vue'
import App from './app/App.vue'
import { i18n, speak } from './app/i18n'
import { router } from './app/routes'
import { readAccount } from './keys/account'
import { loadIdentities } from './keys/identity'

speak(i18n.global.locale.value)
// Who is signed in decides what the first page shows; a server that is away keeps nobody from seeing it.
void Promise.allSettled([readAccount(), loadIdentities()]).then(() => {
  createApp(App).use(i18n).use(router).mount('#app')
})
