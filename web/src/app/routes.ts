import { createRouter, createWebHistory } from 'vue-router'
import SessionList from '../centre/SessionList.vue'
import OpeningHall from '../opening/OpeningHall.vue'
import NotFound from './NotFound.vue'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', name: 'sessions', component: SessionList },
    { path: '/hall/:session', name: 'hall', component: OpeningHall, props: true },
    { path: '/:elsewhere(.*)*', component: NotFound },
  ],
})
