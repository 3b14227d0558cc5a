//! Work on several threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Does all of it, and answers in its order.
///
/// # Errors
///
/// The first error, or that a piece of work panicked.
pub(crate) fn spread<T: Sync, R: Send>(
    jobs: &[T],
    threads: usize,
    work: impl Fn(&T) -> Result<R, String> + Sync,
) -> Result<Vec<R>, String> {
    let panicked = || "a run panicked".to_owned();
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let worker = || -> Result<(), String> {
        loop {
            let i = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(i) else { return Ok(()) };
            let result = work(job)?;
            done.lock().map_err(|_| panicked())?.push((i, result));
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| panicked()).and_then(|done| done))
    })?;
    let mut all = done.into_inner().map_err(|_| panicked())?;
    all.sort_by_key(|(i, _)| *i);
    Ok(all.into_iter().map(|(_, result)| result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_the_order_of_the_work_and_an_error_ends_it() {
        let jobs: Vec<u32> = (0..100).collect();
        let squares = spread(&jobs, 3, |job| Ok(job * job)).unwrap();
        assert_eq!(squares, jobs.iter().map(|job| job * job).collect::<Vec<_>>());
        let failed = spread(&jobs, 3, |job| if *job == 7 { Err("7".to_owned()) } else { Ok(()) });
        assert_eq!(failed, Err("7".to_owned()));
    }
}
