//! How the simulator grows: events per second and octets per node, for 100, 1,000 and 10,000
//! ordinary clocks. The first argument is the time that each world lasts, in its own seconds.
#![forbid(unsafe_code)]

use std::time::Instant;

use sim::{Against, Scenario, Watch, World};

/// Clocks on one segment; answers reach only whom they are for, as with unicast.
const SEGMENT: usize = 100;

fn text(clocks: usize) -> String {
    let mut text = "title = \"Scale\"\nduration = \"1 h\"\n".to_owned();
    for segment in 0..clocks.div_ceil(SEGMENT) {
        text += &format!(
            "[node.gm{segment}]\nrole = \"grandmaster\"\n\
             [node.c{segment}x]\nrole = \"ordinary\"\ncount = {}\nrate = \"5 ppm\"\n\
             oscillator = {{ flicker = \"0 ppb\" }}\n\
             [segment.s{segment}]\nnodes = [\"gm{segment}\", \"c{segment}x\"]\nhybrid = true\n\
             delay = {{ floor = \"20 us\", kind = \"exponential\", mean = \"2 us\" }}\n",
            SEGMENT - 1
        );
    }
    text
}

fn main() {
    let length_s: f64 =
        std::env::args().nth(1).and_then(|seconds| seconds.parse().ok()).unwrap_or(1_000.0);
    let most: usize =
        std::env::args().nth(2).and_then(|clocks| clocks.parse().ok()).unwrap_or(10_000);
    println!("clocks      events   seconds  events/s  octets/clock  all allocated");
    for clocks in [100, 1_000, 10_000].into_iter().filter(|&clocks| clocks <= most) {
        let scenario = match Scenario::parse("scale", &text(clocks)) {
            Ok(scenario) => scenario,
            Err(problems) => return problems.iter().for_each(|problem| println!("{problem}")),
        };
        let watch =
            Watch { every_s: 0.0, settle_s: 0.0, log_max: 0, against: Against::Grandmaster };
        let mut world = None;
        let mut seconds = 0.0;
        let mut plan = scenario.plan;
        plan.nodes.iter_mut().for_each(|node| node.port.foreign_max = 5);
        let info = allocation_counter::measure(|| {
            let mut fresh = World::new(plan.clone(), 1, watch);
            let start = Instant::now();
            fresh.run(length_s, &mut |_, _| ());
            seconds = start.elapsed().as_secs_f64();
            world = Some(fresh);
        });
        let Some(world) = world else { return };
        let events = world.events_handled() as f64;
        println!(
            "{clocks:6} {events:11} {seconds:9.2} {:9.0} {:13.0} {:14}",
            events / seconds,
            info.bytes_current as f64 / world.len() as f64,
            info.bytes_max
        );
    }
    println!(
        "engine {}, servo {} octets without what they allocate",
        size_of::<engine::Engine>(),
        size_of::<servo::Servo>()
    );
}
