module istio-traffic-shift/bench/wire

go 1.19
