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
    { path: '/evaluation/:session', name: 'evaluation', component: () => import('../evaluation/EvaluationHall.vue'), props: true },
    { path: '/calls', name: 'calls', component: () => import('../video/CallWall.vue') },
    { path: '/call/:session', name: 'call', component: () => import('../video/CallPage.vue'), props: true },
    { path: '/call/:session/recordings', name: 'recordings', component: () => import('../video/Recordings.vue'), props: true },
    { path: '/wall', name: 'wall', component: () => import('../centre/wall/Wall.vue') },
    { path: '/verify', name: 'verifier', component: () => import('../verify/VerifierPage.vue') },
    { path: '/sign-in', name: 'sign-in', component: () => import('../keys/SignIn.vue') },
    { path: '/me', name: 'me', component: () => import('../keys/Profile.vue') },
    { path: '/plan', name: 'drafts', component: () => import('../tender/DraftList.vue') },
    { path: '/plan/:draft', name: 'draft', component: () => import('../tender/DraftPage.vue'), props: true },
    { path: '/office', name: 'office', component: () => import('../centre/OfficePage.vue') },
    { path: '/schedule', name: 'schedule', component: () => import('../centre/SchedulePage.vue') },
    { path: '/self-test', name: 'self-test', component: () => import('./SelfTest.vue') },
    { path: '/:elsewhere(.*)*', component: NotFound },
  ],
})
