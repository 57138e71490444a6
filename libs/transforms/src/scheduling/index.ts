// Schedules and the primitives they are made of.
export { APPLIED_SCHEDULE_ATTR, appliedSchedules, applySchedulePass, describeRefusal } from './apply-schedule.js';
export { cacheBlocking } from './cache-blocking.js';
export { defaultSchedule } from './default-schedule.js';
export { applySchedule, applyStep, PRIMITIVES, type Refusal, type ScheduleResult } from './engine.js';
export type { Primitive, StepResult } from './primitive.js';
export * from './schedule.js';
