// Schedules and the primitives they are made of.
export { IN_PLACE_ATTR } from './accesses.js';
export { APPLIED_SCHEDULE_ATTR, applySchedulePass, describeRefusal } from './apply-schedule.js';
export { carriedDependence, type Dependence, DependenceAnalysis, reversedDependence } from './dependence.js';
export { defaultSchedule } from './default-schedule.js';
export { applySchedule, applyStep, PRIMITIVES, type Refusal, type ScheduleResult } from './engine.js';
export { IndexSpace, type Interval, maximalTripCount } from './index-space.js';
export type { DependenceReport, Primitive, StepResult } from './primitive.js';
export * from './schedule.js';
