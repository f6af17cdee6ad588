import { createRouter, createWebHistory, type RouteRecordRaw } from "vue-router";
import { askAgain, currentToken, forgetTokens, standing } from "./api/session";
import { watchLoading } from "./lib/builds";
import { onSignOutElsewhere } from "./lib/tabs";
import HomePage from "./pages/HomePage.vue";

// `open` pages are for everybody; all others lead to the sign-in and back. `credits` pages are for people of other provinces too.
const routes: RouteRecordRaw[] = [
  { path: "/", component: HomePage, meta: { open: true } },
  { path: "/sign-in", component: () => import("./pages/SignInPage.vue"), meta: { open: true, narrow: true } },
  { path: "/out-of-province", component: () => import("./pages/OutOfProvincePage.vue"), meta: { open: true, narrow: true } },
  { path: "/scan", component: () => import("./pages/ScanPage.vue"), meta: { open: true } },
  { path: "/check-in", component: () => import("./pages/CheckInPage.vue") },
  { path: "/enrol", component: () => import("./pages/EnrolPage.vue") },
  { path: "/history", component: () => import("./pages/HistoryPage.vue"), meta: { wide: true } },
  { path: "/requests", component: () => import("./pages/RequestsPage.vue"), meta: { wide: true } },
  { path: "/projects/:id", component: () => import("./pages/ProjectPage.vue") },
  { path: "/projects/:id/exam", component: () => import("./pages/ExamPage.vue") },
  { path: "/projects/:id/evaluation", component: () => import("./pages/EvaluationPage.vue") },
  { path: "/credits", component: () => import("./pages/CreditsPage.vue"), meta: { wide: true, credits: true } },
  { path: "/compliance", component: () => import("./pages/CompliancePage.vue"), meta: { wide: true } },
  { path: "/compliance/summary", component: () => import("./pages/SummaryPage.vue") },
  { path: "/summaries", component: () => import("./pages/SummariesPage.vue") },
  { path: "/openings", component: () => import("./pages/OpeningsPage.vue"), meta: { wide: true } },
  { path: "/openings/:id", component: () => import("./pages/OpeningPage.vue") },
  { path: "/applications", component: () => import("./pages/ApplicationsPage.vue"), meta: { wide: true } },
  { path: "/certificates", component: () => import("./pages/CertificatesPage.vue"), meta: { wide: true, credits: true } },
  { path: "/claims", component: () => import("./pages/ClaimsPage.vue"), meta: { wide: true } },
  { path: "/claims/:id", component: () => import("./pages/ClaimPage.vue") },
  { path: "/privacy", component: () => import("./pages/PrivacyPage.vue") },
  { path: "/profile", component: () => import("./pages/ProfilePage.vue") },
  { path: "/phone", component: () => import("./pages/PhonePage.vue"), meta: { narrow: true } },
  { path: "/password", component: () => import("./pages/PasswordPage.vue"), meta: { narrow: true } },
  { path: "/notices", component: () => import("./pages/NoticesPage.vue") },
  { path: "/my-code", component: () => import("./pages/MyCodePage.vue") },
  { path: "/where", component: () => import("./pages/WherePage.vue"), meta: { narrow: true } },
  { path: "/more", component: () => import("./pages/MorePage.vue"), meta: { credits: true } },
  { path: "/second-factor", component: () => import("./pages/SecondFactorPage.vue"), meta: { narrow: true } },
  { path: "/forgotten", component: () => import("./pages/ForgottenPage.vue"), meta: { open: true, narrow: true } },
  { path: "/sign-ins", component: () => import("./pages/SignInsPage.vue") },
  { path: "/reviews", component: () => import("./pages/ReviewsPage.vue") },
  { path: "/room", component: () => import("./pages/RoomPage.vue") },
  { path: "/room/scan", component: () => import("./pages/RoomScanPage.vue") },
  { path: "/room/attempts/:attempt", component: () => import("./pages/RoomAttemptPage.vue") },
  { path: "/room/settlements", component: () => import("./pages/SettlementsPage.vue"), meta: { wide: true } },
  { path: "/room/settlements/:settlement", component: () => import("./pages/SettlementPage.vue"), meta: { wide: true } },
  { path: "/room/:session", component: () => import("./pages/RoomSessionPage.vue"), meta: { wide: true } },
  { path: "/faces", component: () => import("./pages/FacesPage.vue"), meta: { wide: true } },
  { path: "/faces/resets", component: () => import("./pages/FaceResetsPage.vue"), meta: { wide: true } },
  { path: "/faces/people", component: () => import("./pages/FacePeoplePage.vue"), meta: { wide: true } },
  { path: "/faces/people/:person", component: () => import("./pages/FaceInPersonPage.vue") },
  { path: "/faces/cases/:case", component: () => import("./pages/FaceCasePage.vue"), meta: { wide: true } },
  { path: "/screen/:token", component: () => import("./pages/ScreenPage.vue"), meta: { open: true, bare: true } },
  { path: "/kiosk", component: () => import("./pages/KioskPage.vue"), meta: { open: true } },
  // The service serves these two in the demo only.
  { path: "/dev/components", component: () => import("./pages/dev/ComponentsPage.vue"), meta: { open: true } },
  { path: "/dev/phone", component: () => import("./pages/dev/PhonePage.vue"), meta: { open: true } },
  { path: "/:rest(.*)", component: () => import("./pages/NotFoundPage.vue"), meta: { open: true } },
];

export const router = createRouter({ history: createWebHistory(), routes, scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 } });

watchLoading(router);
router.beforeEach(async (to) => {
  if (to.meta.open) return true;
  if (standing.value === "unknown") await currentToken().catch(() => ""); // without a network the page itself says so
  if (standing.value === "signed_in" || standing.value === "unknown") return true;
  if (standing.value === "own_credits") return to.meta.credits ? true : "/";
  if (standing.value === "second_factor") return to.path === "/second-factor" ? true : "/second-factor";
  return { path: "/sign-in", query: { next: to.fullPath } };
});

// Back and forward show a page as it was left, and somebody may have signed out since.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) void askAgain().then((now) => now === "nobody" && !router.currentRoute.value.meta.open && router.go(0)).catch(() => undefined);
});

// What is on the page is the person's: it goes with the sign-in.
onSignOutElsewhere(() => {
  forgetTokens();
  const { meta, fullPath } = router.currentRoute.value;
  if (!meta.open) void router.replace({ path: "/sign-in", query: { next: fullPath } });
});
