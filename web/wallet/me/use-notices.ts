import type { List, Notice } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { api, noticesSeen } from '../session.ts'
import { useLoad, type Loaded } from '../use-load.ts'

/** The payer's inbox, newest first. */
export function useNotices(): Loaded<List<Notice>> {
  const { version } = useLive()
  return useLoad(() => api.get<List<Notice>>('/v1/notices', { limit: 50 }), version)
}

/** Whether a notice came after the newest one that was on the screen. */
export function isUnread(notice: Notice, seen: string): boolean {
  return notice.id > seen && !notice.read_at
}

/** How many notices were not on the screen yet. */
export function useUnreadCount(): number {
  const notices = useNotices()
  const seen = noticesSeen()
  return notices.value?.data.filter((notice) => isUnread(notice, seen)).length ?? 0
}
