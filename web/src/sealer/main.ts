import 'element-plus/theme-chalk/base.css'
import '../app/look.css'
import { createApp } from 'vue'
import { i18n, speak } from '../app/i18n'
import SealerPage from './SealerPage.vue'

speak(i18n.global.locale.value)
createApp(SealerPage).use(i18n).mount('#app')
