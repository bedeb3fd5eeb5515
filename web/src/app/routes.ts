import { createRouter, createWebHistory } from 'vue-router'
import SessionList from '../centre/SessionList.vue'
import OpeningHall from '../opening/OpeningHall.vue'
import NotFound from './NotFound.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'sessions', component: SessionList },
    { path: '/hall/:session', name: 'hall', component: OpeningHall, props: true },
    { path: '/hall/:session/verify', name: 'verify', component: () => import('../verify/VerifierPage.vue'), props: true },
    { path: '/hall/:session/screen', name: 'screen', component: () => import('../screen/BigScreen.vue'), props: true },
    { path: '/verify', name: 'verifier', component: () => import('../verify/VerifierPage.vue') },
    { path: '/:elsewhere(.*)*', component: NotFound },
  ],
})
