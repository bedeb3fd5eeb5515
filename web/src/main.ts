import 'element-plus/theme-chalk/base.css'
import './app/look.css'
import { createApp } from 'vue'
import App from './app/App.vue'
import { i18n, speak } from './app/i18n'
import { router } from './app/routes'

speak(i18n.global.locale.value)
createApp(App).use(i18n).use(router).mount('#app')
